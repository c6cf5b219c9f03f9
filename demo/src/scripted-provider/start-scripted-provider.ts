/** Where the built-in model is: a folder of this very site. The clients of some providers put the API's version behind it. */
export function scriptedRoot(): string {
  return new URL("scripted", document.baseURI).href;
}

/** The base of its OpenAI-shaped API. */
export function scriptedBaseUrl(): string {
  return `${scriptedRoot()}/v1`;
}

/**
 * Resolves when the scripted provider answers this page's requests.
 * @throws Error where service workers cannot be had (an insecure origin, some private windows).
 */
export async function startScriptedProvider(timeoutMs = 8000): Promise<void> {
  if (!("serviceWorker" in navigator))
    throw new Error(
      "This window allows no service workers, so the built-in demo model cannot run. Choose another provider in Settings.",
    );
  await navigator.serviceWorker.register(new URL("scripted-provider.js", document.baseURI));
  const { active } = await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller !== null) return;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () =>
        reject(new Error("The built-in demo model did not start. Reload the page to try again.")),
      timeoutMs,
    );
    navigator.serviceWorker.addEventListener(
      "controllerchange",
      () => {
        clearTimeout(late);
        resolve();
      },
      { once: true },
    );
    active?.postMessage("claim");
  });
}
