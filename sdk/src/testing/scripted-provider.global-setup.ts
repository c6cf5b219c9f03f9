import type { TestProject } from "vitest/node";
import { startScriptedProvider } from "./scripted-provider.ts";

/** Starts one scripted provider for a test run; tests reach it by `openSession()`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const provider = await startScriptedProvider();
  project.provide("scriptedProvider", provider.origin);
  return () => provider.close();
}
