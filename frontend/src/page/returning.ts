// The browser's Back shows pages as they were: one of something that is gone by now is asked for again.

/** Ask whether the page of a thing is still where it was. */
async function check(): Promise<void> {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer && !answer.ok) {
    // The server says what became of it.
    location.replace(location.href);
  }
}

export function start(): void {
  window.addEventListener("pageshow", (event) => {
    const [here] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    if ((event.persisted || here?.type === "back_forward") && document.body.dataset.remembered) {
      void check();
    }
  });
}
