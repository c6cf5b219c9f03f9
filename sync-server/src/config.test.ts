import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

describe("the settings", () => {
  test("are complete when nothing is given, and listen on this machine only", () => {
    expect(readConfig({})).toEqual({
      host: "127.0.0.1",
      port: 8787,
      databaseUrl: null,
      file: "alcove-sync.db",
      origins: "*",
      publicHosts: [],
      trustProxy: false,
      invites: [],
      maxBodyBytes: 2_097_152,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
      minUploadBytesPerSecond: 4_096,
      stopTimeoutMs: 3_000,
      maxRequests: 256,
      requestsPerMinute: 3_000,
      authsPerMinute: 120,
      pushesPerMinute: 60,
      uploadBytesPerHour: 268_435_456,
      vaultsPerDay: 10,
      streamsPerAddress: 64,
      maxStreams: 10_000,
      vaultBytes: 268_435_456,
      vaultEntries: 200_000,
      snapshotBytes: 268_435_456,
      log: "info",
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
        ALCOVE_SYNC_TRUST_PROXY: "yes",
        ALCOVE_SYNC_PUBLIC_HOSTS: "https://sync.example",
        ALCOVE_SYNC_FILE: ":memory:",
        ALCOVE_SYNC_LOG: "loud",
      });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { problems, message } = error as ConfigError;
      expect(problems.map((problem) => problem.split(" ", 1)[0])).toEqual([
        "ALCOVE_HOST",
        "ALCOVE_SYNC_PORT",
        "ALCOVE_SYNC_FILE",
        "ALCOVE_SYNC_ORIGINS",
        "ALCOVE_SYNC_PUBLIC_HOSTS",
        "ALCOVE_SYNC_TRUST_PROXY",
        "ALCOVE_SYNC_MAX_BODY_BYTES",
        "ALCOVE_SYNC_REQUEST_TIMEOUT_MS",
        "ALCOVE_SYNC_LOG",
      ]);
      for (const problem of problems) expect(message).toContain(problem);
    }
  });

  test("never show a secret again", () => {
    const read = () =>
      readConfig({ DATABASE_URL: "mysql://me:hunter2@x/y", ALCOVE_SYNC_INVITES: "short" });
    expect(read).toThrow("DATABASE_URL: give a URL");
    expect(read).not.toThrow("hunter2");
    expect(read).not.toThrow("short");
  });

  test.each(["-1", "80.5", "1e3", "0x50", " 80", "８０", "NaN"])("refuse %j as a port", (port) => {
    expect(() => readConfig({ ALCOVE_SYNC_PORT: port })).toThrow("ALCOVE_SYNC_PORT");
  });
});
