import { signal, type ReadonlySignal } from "@preact/signals";

/** A short message at the edge of the page. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "problem";
  readonly action: { readonly label: string; readonly run: () => void } | null;
  /** How long it stands, milliseconds. */
  readonly lasts: number;
}

export interface NoticeOptions {
  readonly tone?: Notice["tone"];
  readonly lasts?: number;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Called when its time is over or it was dismissed, not when it was acted on. */
  readonly onExpire?: () => void;
}

export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  readonly paused: ReadonlySignal<boolean>;
  /** What a screen reader is told next. */
  readonly announcement: ReadonlySignal<string>;
  tell(text: string, options?: NoticeOptions): number;
  dismiss(id: number): void;
  /** The time of all notices stands still while the pointer or the focus is on them. */
  pause(): void;
  resume(): void;
  announce(text: string): void;
}

interface Running {
  readonly onExpire: (() => void) | undefined;
  left: number;
  since: number;
  timer: ReturnType<typeof setTimeout> | null;
}

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const paused = signal(false);
  const announcement = signal("");
  const running = new Map<number, Running>();
  let last = 0;

  /** A text told twice in a row has to differ, or no screen reader says it again. */
  const announce = (text: string): void => {
    announcement.value = text === announcement.value ? `${text}\u00a0` : text;
  };
  const take = (id: number): Running | undefined => {
    const entry = running.get(id);
    if (entry?.timer != null) clearTimeout(entry.timer);
    running.delete(id);
    shown.value = shown.value.filter((notice) => notice.id !== id);
    if (running.size === 0) paused.value = false;
    return entry;
  };
  const expire = (id: number): void => take(id)?.onExpire?.();
  const run = (id: number, entry: Running): void => {
    entry.since = Date.now();
    entry.timer = setTimeout(() => expire(id), entry.left);
  };

  return {
    shown,
    paused,
    announcement,
    tell(text, options = {}) {
      last += 1;
      const id = last;
      const lasts = options.lasts ?? (options.tone === "problem" ? 12_000 : 5000);
      const action =
        options.action === undefined
          ? null
          : { label: options.action.label, run: () => (take(id), options.action?.run()) };
      shown.value = [...shown.value, { id, text, tone: options.tone ?? "plain", action, lasts }];
      announce(text);
      const entry: Running = {
        onExpire: options.onExpire,
        left: lasts,
        since: Date.now(),
        timer: null,
      };
      running.set(id, entry);
      if (!paused.value) run(id, entry);
      return id;
    },
    dismiss(id) {
      expire(id);
    },
    pause() {
      if (paused.value) return;
      paused.value = true;
      for (const entry of running.values()) {
        if (entry.timer !== null) clearTimeout(entry.timer);
        entry.timer = null;
        entry.left = Math.max(0, entry.left - (Date.now() - entry.since));
      }
    },
    resume() {
      if (!paused.value) return;
      paused.value = false;
      for (const [id, entry] of running) run(id, entry);
    },
    announce,
  };
}
