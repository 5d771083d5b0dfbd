// Makes the islands live, after the page has been painted; if anything here fails, the page stays complete as it was served.
const hydrate = (islands) => {
  islands.hydrate();
  // In document order, so that an island finds what the islands around it provide.
  for (const island of document.querySelectorAll("leptos-island")) {
    island.parentElement.closest("leptos-children")?.$$on_hydrate?.();
    islands[island.dataset.component]?.(island);
  }
};
// Says anew what stands under the class `news`, where no island is, when the islands have heard of other news than the page shows.
const main = document.getElementById("main");
const renew = async () => {
  if (main.dataset.due === main.dataset.news) return;
  const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(8000) });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const places = document.querySelectorAll(".news");
  const news = page.querySelectorAll(".news");
  // Another page than this one has other places: then this one stays as it is until somebody loads it again.
  if (places.length !== news.length) return;
  places.forEach((place, i) => place.replaceChildren(...news[i].childNodes));
  main.dataset.news = page.getElementById("main").dataset.news;
};
const follow_news = () =>
  // What fails is tried again when the islands have asked again.
  new MutationObserver(() => renew().catch(() => {})).observe(main, { attributeFilter: ["data-due"] });
const load = async () => {
  const islands = await import("./GLUE");
  await islands.default({ module_or_path: new URL("./WASM", import.meta.url) });
  hydrate(islands);
  follow_news();
};
// Without the islands nothing would ever say that the page has become old: it is loaded again, as it is without scripts.
const reload = () => {
  if (document.visibilityState === "visible") location.reload();
  else document.addEventListener("visibilitychange", reload, { once: true });
};
const give_up = (error) => {
  console.error(error);
  setTimeout(reload, 30000);
};
requestAnimationFrame(() => setTimeout(() => load().catch(give_up)));
