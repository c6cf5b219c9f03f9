import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_ARGS } from "./.ci/lib/chromium-args.mjs";
import { docFences } from "./sdk/build/doc-fences.ts";
import { neuralRuntime } from "./sdk/build/neural-runtime.ts";
import { kernelModules } from "./sdk/build/kernel-modules.ts";
import { workerSource } from "./sdk/build/worker-source.ts";
import { serveTinyAssets } from "./sdk/test/tiny-model/serve-tiny-assets.ts";

/** Set by .ci/test.mjs, which finds or installs a browser; unset, the usual system path is tried. */
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

const IGNORED = ["**/node_modules/**", "**/dist/**"];

/** Tests of what was built and packed: they start servers and browsers of their own and need `npm run build` first. */
const END_TO_END = ["demo/e2e/**/*.test.ts", "sdk/test/packaging/**/*.test.ts"];

export default defineConfig({
  plugins: [workerSource(), kernelModules()],
  test: {
    projects: [
      {
        extends: true,
        resolve: {
          alias: [
            {
              find: "@alcove/sdk/wire",
              replacement: fileURLToPath(new URL("sdk/src/wire.ts", import.meta.url)),
            },
          ],
        },
        test: {
          name: "node",
          environment: "node",
          include: ["{sdk,sync-server,demo}/**/*.test.ts", ".ci/**/*.test.mjs"],
          exclude: ["**/*.browser.test.ts", ...END_TO_END, ...IGNORED],
        },
      },
      {
        extends: true,
        plugins: [docFences(), neuralRuntime(), serveTinyAssets()],
        // The docs import the package by its name; the tests run its sources.
        resolve: {
          alias: [
            {
              find: /^@alcove\/sdk$/,
              replacement: fileURLToPath(new URL("sdk/src/index.ts", import.meta.url)),
            },
            {
              find: /^@alcove\/sdk\/(inline|intercept|mem0|wire)$/,
              replacement: fileURLToPath(new URL("sdk/src/", import.meta.url)) + "$1.ts",
            },
            {
              find: "@alcove/sdk/testing",
              replacement: fileURLToPath(new URL("sdk/src/testing/index.ts", import.meta.url)),
            },
          ],
        },
        optimizeDeps: {
          // Their code is changed on the way (neuralRuntime), which bundling them first would pass by.
          exclude: [
            "@huggingface/transformers",
            "@huggingface/tokenizers",
            "@huggingface/jinja",
            "onnxruntime-web",
            "onnxruntime-common",
          ],
          include: [
            "comlink",
            "dexie/dist/modern/dexie.mjs",
            "openai",
            "voy-search/voy_search_bg.js",
            "@noble/hashes/sha2.js",
            "@noble/curves/abstract/modular.js",
            "@noble/curves/abstract/montgomery.js",
            "@noble/ed25519",
            "@scure/bip39",
            "@scure/bip39/wordlists/english.js",
            "zod/mini",
          ],
        },
        worker: { format: "es", plugins: () => [workerSource(), kernelModules()] },
        test: {
          name: "browser",
          include: ["sdk/**/*.{browser,neutral}.test.ts"],
          globalSetup: [
            "sdk/src/testing/scripted-provider.global-setup.ts",
            "sync-server/src/testing/browser-tests.global-setup.ts",
          ],
          exclude: IGNORED,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "chromium" }],
            provider: playwright({
              launchOptions: {
                executablePath,
                args: CHROMIUM_ARGS,
              },
            }),
          },
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: END_TO_END,
          env: { CHROMIUM_PATH: executablePath, CHROMIUM_ARGS: CHROMIUM_ARGS.join(" ") },
          // Each of them drives a whole browser: side by side they would only measure how busy the machine is.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
