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
requestAnimationFrame(() => setTimeout(() => load().catch(console.error)));
