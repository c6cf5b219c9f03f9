import type { BrowserContext, BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDemoHouse, type DemoHouse, type DemoPage } from "./demo-page.ts";

export interface DemoTest {
  readonly page: Page;
  readonly opened: DemoPage;
  readonly house: DemoHouse;
}

export interface DemoTestOptions {
  readonly hash?: string;
  readonly context?: BrowserContextOptions;
  readonly prepare?: (context: BrowserContext) => Promise<void>;
  /** A fault that the test provokes. */
  readonly expected?: RegExp;
}

/**
 * Declares tests of the built demo, each in a fresh profile. Every one of them fails on a console error or warning, on a page
 * error, and on any request to another origin, whatever else it looks at.
 */
export function createDemoTest(): (
  name: string,
  body: (demo: DemoTest) => Promise<void>,
  options?: DemoTestOptions,
) => void {
  let house: DemoHouse | undefined;
  beforeAll(async () => {
    house = await openDemoHouse();
  });
  afterAll(async () => {
    await house?.close();
  });
  return (name, body, options = {}) => {
    test(name, async () => {
      if (house === undefined) throw new Error("The demo is not served.");
      const opened = await house.open(options.hash, options.context, options.prepare);
      try {
        await body({ page: opened.page, opened, house });
        expect(opened.faults.filter((fault) => !options.expected?.test(fault))).toEqual([]);
      } finally {
        await opened.close();
      }
    });
  };
}
