import { assembleHost } from "./assemble.ts";
import type { HostApi } from "./host-api.ts";

/** The host in the page's own thread, for pages that can have no worker. A chunk of its own, loaded when it is needed. */
export function createInThreadHost(): HostApi {
  return assembleHost("page");
}
