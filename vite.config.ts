import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

/** Set by .ci/test.mjs, which finds or installs a browser; unset, the usual system path is tried. */
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["{sdk,sync-server,demo}/**/*.{test,neutral.test}.ts"],
          exclude: ["**/*.browser.test.ts", "**/node_modules/**", "**/dist/**"],
        },
      },
      {
        optimizeDeps: { include: ["comlink", "dexie", "openai"] },
        worker: { format: "es" },
        test: {
          name: "browser",
          include: ["sdk/**/*.{browser,neutral}.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "chromium" }],
            provider: playwright({
              launchOptions: {
                executablePath,
                args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"],
              },
            }),
          },
        },
      },
    ],
  },
});
