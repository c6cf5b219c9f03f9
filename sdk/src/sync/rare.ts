/**
 * What seldom happens, loaded when it does: making a vault, the ways in for a further device, by phrase and by link, repairs, and snapshots. It is one
 * chunk, asked for by modules that are no part of it: of two chunks, what they share with all of sync would become a third one, which is
 * loaded always and is 2 KB more in all.
 */
export { foundVault } from "./found-vault.ts";
export { joinByPhrase } from "./join-by-phrase.ts";
export { approveLink } from "./link-approval.ts";
export { requestLink } from "./link-request.ts";
export { renewDevice } from "./renew-device.ts";
export * from "./repairs.ts";
export * from "./snapshots.ts";
