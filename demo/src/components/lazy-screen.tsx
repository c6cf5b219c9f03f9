import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Screen = () => JSX.Element;

/** A screen whose code is fetched when it is opened. */
export function lazyScreen(load: () => Promise<Screen>): Screen {
  return function LazyScreen() {
    const [Loaded, setLoaded] = useState<Screen | null>(null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      let gone = false;
      load().then(
        (screen) => !gone && setLoaded(() => screen),
        () => !gone && setFailed(true),
      );
      return () => {
        gone = true;
      };
    }, []);
    useEffect(() => {
      if (Loaded !== null && document.activeElement?.localName === "main")
        document.querySelector<HTMLElement>("[data-screen-title]")?.focus();
    }, [Loaded]);
    if (Loaded !== null) return <Loaded />;
    return (
      <div class="screen" aria-busy={!failed}>
        {failed ? (
          <p class="problem-line" role="alert">
            This screen could not be loaded. Check the network and reload the page.
          </p>
        ) : (
          <p class="muted">Loading…</p>
        )}
      </div>
    );
  };
}
