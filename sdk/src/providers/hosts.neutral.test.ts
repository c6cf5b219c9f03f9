import { describe, expect, it } from "vitest";
import { isInterceptedHost, isLoopback, isServedHost } from "./hosts.ts";

const at = (url: string): URL => new URL(url);

describe("isServedHost", () => {
  it("serves https and the device itself, and no plain http elsewhere", () => {
    for (const url of [
      "https://api.example.com/",
      "http://localhost:11434/",
      "http://127.0.0.1/",
      "http://[::1]:9/",
      "http://app.localhost/",
    ]) {
      expect(isServedHost(at(url), {}), url).toBe(true);
    }
    for (const url of [
      "http://api.example.com/",
      "http://192.168.1.5:11434/",
      "ftp://localhost/",
      "http://127.0.0.1.example.com/",
      "http://localhost.example.com/",
    ]) {
      expect(isServedHost(at(url), {}), url).toBe(false);
    }
  });

  it("is narrowed by allow and by deny, which wins", () => {
    expect(isServedHost(at("https://a.example.com/"), { allow: ["*.example.com"] })).toBe(true);
    expect(isServedHost(at("https://example.com/"), { allow: ["*.example.com"] })).toBe(false);
    expect(isServedHost(at("https://evilexample.com/"), { allow: ["*.example.com"] })).toBe(false);
    expect(
      isServedHost(at("https://a.example.com/"), {
        allow: ["*.example.com"],
        deny: ["A.example.com"],
      }),
    ).toBe(false);
    expect(isServedHost(at("https://a.example.com/"), { allow: ["b.example.com"] })).toBe(false);
    expect(isServedHost(at("https://a.example.com/"), { allow: [] })).toBe(true);
  });

  it("matches a port where one is named", () => {
    expect(isServedHost(at("http://localhost:1234/"), { deny: ["localhost:1234"] })).toBe(false);
    expect(isServedHost(at("http://localhost:1235/"), { deny: ["localhost:1234"] })).toBe(true);
    expect(isServedHost(at("https://a.example.com/"), { deny: ["a.example.com:443"] })).toBe(false);
  });
});

describe("isInterceptedHost", () => {
  it("knows providers, adds allow, obeys deny", () => {
    expect(isInterceptedHost(at("https://api.openai.com/v1/x"), {})).toBe(true);
    expect(isInterceptedHost(at("https://me.openai.azure.com/"), {})).toBe(true);
    expect(isInterceptedHost(at("https://shop.example.com/"), {})).toBe(false);
    expect(
      isInterceptedHost(at("https://shop.example.com/"), { allow: ["shop.example.com"] }),
    ).toBe(true);
    expect(isInterceptedHost(at("https://api.openai.com/"), { deny: ["api.openai.com"] })).toBe(
      false,
    );
    expect(isInterceptedHost(at("https://api.openai.com/"), { allow: ["shop.example.com"] })).toBe(
      true,
    );
  });
});

describe("isLoopback", () => {
  it("goes by the whole host name", () => {
    expect(isLoopback(at("http://127.1/").hostname)).toBe(true);
    expect(isLoopback("127.0.0.1.evil.example")).toBe(false);
    expect(isLoopback("notlocalhost")).toBe(false);
  });
});
