// Makes the islands live, after the page has been painted; if anything here fails, the page stays complete as it was served.
const hydrate = (islands) => {
  islands.hydrate();
  // In document order, so that an island finds what the islands around it provide.
  for (const island of document.querySelectorAll("leptos-island")) {
    island.parentElement.closest("leptos-children")?.$$on_hydrate?.();
    islands[island.dataset.component]?.(island);
  }
};
const load = async () => {
  const islands = await import("./GLUE");
  await islands.default({ module_or_path: new URL("./WASM", import.meta.url) });
  hydrate(islands);
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
