import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** A few exclusive choices in one row. */
export function Segmented<T extends string>(props: {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly hint?: string;
  }[];
  readonly onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class={props.hideLabel === true ? "visually-hidden" : ""}>{props.label}</legend>
      <div class="segmented-row">
        {props.options.map((option) => (
          <label key={option.value} title={option.hint}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A few exclusive choices that need a sentence each. */
export function Choices<T extends string>(props: {
  readonly label: string;
  /** Side by side where there is room. */
  readonly columns?: boolean;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly hint: ComponentChildren;
  }[];
  readonly onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class={props.columns === true ? "choices choices-columns" : "choices"}>
      <legend>{props.label}</legend>
      {props.options.map((option) => (
        <label key={option.value} class="choice">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={props.value === option.value}
            onChange={() => props.onChange(option.value)}
          />
          <span>
            <span class="choice-name">{option.label}</span>
            <span class="choice-hint">{option.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** On or off, at once. */
export function Switch(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: string;
  /** Where several have the same label: which one it is. */
  readonly name?: string;
}): JSX.Element {
  return (
    <label class="switch" title={props.hint}>
      <input
        type="checkbox"
        role="switch"
        aria-label={props.name}
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
      <span>{props.label}</span>
    </label>
  );
}
