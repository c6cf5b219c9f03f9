import { Stop } from "./stop.mjs";

/**
 * @typedef {object} StartSettings
 * @property {string} host
 * @property {number} demoPort
 * @property {number} syncPort
 */

/**
 * The settings of `npm start`. A `Stop` lists everything that is wrong with them at once.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {StartSettings}
 */
export function readStartSettings(env) {
  /** @type {string[]} */
  const problems = [];
  const host = env["ALCOVE_HOST"] || "127.0.0.1";
  if (!/^[\w.:-]+$/.test(host))
    problems.push(
      `ALCOVE_HOST is "${host}": give a host name or an IP address, without scheme or port.`,
    );

  /**
   * @param {string} name
   * @param {number} fallback
   */
  const port = (name, fallback) => {
    const text = env[name];
    if (text === undefined || text === "") return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= 65_535) return value;
    problems.push(`${name} is "${text}": give a port from 1 to 65535, or 0 for any free one.`);
    return fallback;
  };
  const demoPort = port("ALCOVE_DEMO_PORT", 5173);
  const syncPort = port("ALCOVE_SYNC_PORT", 8787);
  if (demoPort === syncPort && demoPort !== 0)
    problems.push(`ALCOVE_DEMO_PORT and ALCOVE_SYNC_PORT are both ${demoPort}: give each its own.`);
  if (problems.length > 0) throw new Stop(problems.join("\n"));
  return { host, demoPort, syncPort };
}
