/** `read` recalls and stores nothing, `write` stores and recalls nothing, `off` does neither. */
export const MODES = ["on", "read", "write", "off"] as const;
export type Mode = (typeof MODES)[number];

/** What both modes allow. */
export function strictestMode(one: Mode, other: Mode): Mode {
  const recalls = [one, other].every((mode) => mode === "on" || mode === "read");
  const stores = [one, other].every((mode) => mode === "on" || mode === "write");
  if (recalls) return stores ? "on" : "read";
  return stores ? "write" : "off";
}
