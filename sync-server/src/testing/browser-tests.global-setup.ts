import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly syncServer: string;
  }
}

/** Starts one server for the tests that run in a browser. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ streamsPerAddress: 1_000 });
  project.provide("syncServer", server.url);
  return () => server.stop();
}
