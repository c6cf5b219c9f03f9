import { existsSync } from "node:fs";
import { packSdk } from "../test/packaging/packed-sdk.ts";
import { serve } from "../test/packaging/visit-page.ts";
import { visitInFirefox } from "./firefox.ts";
import { visitInWebKit } from "./webkit.ts";

/**
 * `npm run smoke`: the packed package in the engines that the tests do not drive. A browser that is not there is named, and makes the
 * command fail: a smoke that was not lit says nothing.
 */
interface Engine {
  readonly name: string;
  readonly program: string | undefined;
  readonly visit: (program: string, url: string) => Promise<unknown>;
}

const ENGINES: readonly Engine[] = [
  {
    name: "Firefox",
    program: [process.env["FIREFOX_PATH"], "/usr/bin/firefox-esr", "/usr/bin/firefox"].find(there),
    visit: visitInFirefox,
  },
  {
    name: "WebKitGTK",
    program: [process.env["WEBKIT_DRIVER_PATH"], "/usr/bin/WebKitWebDriver"].find(there),
    visit: visitInWebKit,
  },
];

const EXPECTED = {
  host: "worker",
  state: "ready",
  byWords: true,
  byMeaning: true,
  forgotten: 1,
  left: [],
  problems: [],
} as const;

const packed = packSdk();
const site = await serve(packed.plainSite("smoke", "smoke.js"));
try {
  for (const { name, program, visit } of ENGINES) {
    if (program === undefined) {
      console.log(`${name}: not run, no such browser here`);
      process.exitCode = 1;
      continue;
    }
    const outcome = await visit(program, site.url).catch((error: unknown) => ({
      problems: [String(error)],
    }));
    const wrong = Object.entries(EXPECTED).filter(
      ([field, value]) =>
        JSON.stringify((outcome as Record<string, unknown>)[field]) !== JSON.stringify(value),
    );
    console.log(`${name}: ${wrong.length === 0 ? "ok" : "FAILED"} ${JSON.stringify(outcome)}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
} finally {
  await site.close();
  packed.remove();
}

function there(path: string | undefined): boolean {
  return path !== undefined && existsSync(path);
}
