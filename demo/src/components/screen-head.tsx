import type { ComponentChildren, JSX } from "preact";

/** The title of a screen. It takes the focus when its screen is opened. */
export function ScreenHead(props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <header class="screen-head">
      <div>
        <h1 tabIndex={-1} data-screen-title>
          {props.title}
        </h1>
        <p class="screen-text">{props.text}</p>
      </div>
      {props.children}
    </header>
  );
}
