import type { JSX } from "preact";
import { useApp } from "../state/app-state.ts";
import { Icon } from "./icons.tsx";

/** Notices at the edge of the page, and the one place where changes are told to screen readers. */
export function NoticeRegion(): JSX.Element {
  const { notices } = useApp();
  return (
    <>
      <div class="visually-hidden" aria-live="polite" role="status" data-announcer>
        {notices.announcement.value}
      </div>
      <section
        class="notices"
        aria-label="Notices"
        data-paused={notices.paused.value}
        onPointerEnter={() => notices.pause()}
        onPointerLeave={() => notices.resume()}
        onFocusIn={() => notices.pause()}
        onFocusOut={() => notices.resume()}
      >
        {notices.shown.value.map((notice) => (
          <div key={notice.id} class="notice" data-tone={notice.tone}>
            <p>{notice.text}</p>
            {notice.action !== null && (
              <button type="button" class="link" onClick={notice.action.run}>
                {notice.action.label}
              </button>
            )}
            <button
              type="button"
              class="button-icon"
              aria-label="Dismiss"
              onClick={() => notices.dismiss(notice.id)}
            >
              <Icon name="close" />
            </button>
            <span
              class="notice-time"
              style={{ animationDuration: `${notice.lasts}ms` }}
              aria-hidden="true"
            />
          </div>
        ))}
      </section>
    </>
  );
}
