/** Where the two devices that stand side by side keep their memories: apart from the page's own. */
export const TWIN_VAULTS = ["demo-laptop", "demo-phone"] as const;
