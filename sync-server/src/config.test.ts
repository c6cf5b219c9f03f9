import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

describe("the settings", () => {
  test("are complete when nothing is given, and listen on this machine only", () => {
    expect(readConfig({})).toEqual({
      host: "127.0.0.1",
      port: 8787,
      origins: "*",
      maxBodyBytes: 8_388_608,
      requestTimeoutMs: 30_000,
      stopTimeoutMs: 3_000,
    });
  });

  test("are taken from the environment", () => {
    const config = readConfig({
      ALCOVE_HOST: "::1",
      ALCOVE_SYNC_PORT: "0",
      ALCOVE_SYNC_ORIGINS: "https://a.example, http://localhost:5173",
    });
    expect(config).toMatchObject({
      host: "::1",
      port: 0,
      origins: ["https://a.example", "http://localhost:5173"],
    });
  });

  test("count an empty variable as not given", () => {
    expect(readConfig({ ALCOVE_SYNC_PORT: "", ALCOVE_HOST: "" })).toEqual(readConfig({}));
  });

  test("are refused with every problem at once, each under its variable's name", () => {
    const read = () =>
      readConfig({
        ALCOVE_HOST: "http://0.0.0.0",
        ALCOVE_SYNC_PORT: "65536",
        ALCOVE_SYNC_ORIGINS: "https://a.example/path",
        ALCOVE_SYNC_MAX_BODY_BYTES: "lots",
        ALCOVE_SYNC_REQUEST_TIMEOUT_MS: "5",
      });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { problems, message } = error as ConfigError;
      expect(problems.map((problem) => problem.split(" ", 1)[0])).toEqual([
        "ALCOVE_HOST",
        "ALCOVE_SYNC_PORT",
        "ALCOVE_SYNC_ORIGINS",
        "ALCOVE_SYNC_MAX_BODY_BYTES",
        "ALCOVE_SYNC_REQUEST_TIMEOUT_MS",
      ]);
      for (const problem of problems) expect(message).toContain(problem);
    }
  });

  test.each(["-1", "80.5", "1e3", "0x50", " 80", "８０", "NaN"])("refuse %j as a port", (port) => {
    expect(() => readConfig({ ALCOVE_SYNC_PORT: port })).toThrow("ALCOVE_SYNC_PORT");
  });
});
