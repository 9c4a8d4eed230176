// The reference of imagetx: colour scheme, search, the filters of the matrix, the trials. Nothing is fetched.
"use strict";
(() => {
  const root = document.documentElement;
  const SCHEMES = { auto: "Auto", light: "Light", dark: "Dark" };

  const stored = () => { try { return localStorage.getItem("imagetx-theme"); } catch { return null; } };
  const keep = (name) => { try { localStorage.setItem("imagetx-theme", name); } catch { /* a file may not */ } };
  const paint = (name) => { if (name === "auto") root.removeAttribute("data-theme"); else root.dataset.theme = name; };
  let scheme = Object.hasOwn(SCHEMES, stored() ?? "") ? stored() : "auto";
  paint(scheme);  // before the body is there: no flash

  const by = (id) => document.getElementById(id);
  const make = (tag, text, cls) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (cls) node.className = cls;
    return node;
  };
  const readHash = () => new URLSearchParams(location.hash.slice(1));
  const writeHash = (params) => {
    const text = params.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };

  function themes() {
    const button = by("theme");
    const say = () => {
      button.textContent = SCHEMES[scheme];
      button.setAttribute("aria-label", `Colour scheme: ${scheme === "auto" ? "automatic" : scheme}`);
    };
    say();
    button.addEventListener("click", () => {
      const names = Object.keys(SCHEMES);
      scheme = names[(names.indexOf(scheme) + 1) % names.length];
      paint(scheme); keep(scheme); say();
    });
  }

  // --- search: labels that start with what is typed stand before those that hold it --------------
  function search() {
    const input = by("find"), list = by("found");
    const entries = window.IMAGETX_INDEX ?? [];
    let at = -1;
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const choose = (next) => {
      const items = [...list.children];
      if (!items.length) return;
      at = (next + items.length) % items.length;
      items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
      items[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", items[at].id);
    };
    const show = () => {
      const typed = input.value.trim().toLowerCase();
      list.replaceChildren();
      if (!typed) return close();
      const fits = entries.map((entry) => [entry[0].toLowerCase().indexOf(typed), entry]).filter(([place]) => place >= 0);
      fits.sort((a, b) => (a[0] > 0) - (b[0] > 0) || a[1][0].length - b[1][0].length || (a[1][0] < b[1][0] ? -1 : 1));
      for (const [index, [, entry]] of fits.slice(0, 12).entries()) {
        const item = make("li");
        item.id = `found-${index}`;
        item.setAttribute("role", "option");
        item.dataset.href = entry[2];
        item.append(make("code", entry[0]), make("span", entry[1]));
        list.append(item);
      }
      if (!list.children.length) list.append(make("li", "Nothing of that name"));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      if (fits.length) choose(0);
    };
    const go = (item) => { if (item?.dataset.href) location.href = root.dataset.root + item.dataset.href; };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { event.preventDefault(); choose(at + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(at - 1); }
      else if (event.key === "Enter") { event.preventDefault(); go(list.children[at]); }
      else if (event.key === "Escape") { input.value = ""; close(); }
    });
    list.addEventListener("mousedown", (event) => { event.preventDefault(); go(event.target.closest("li")); });
    input.addEventListener("blur", close);
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, select, textarea");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); input.focus(); }
    });
  }

  // --- matrix -------------------------------------------------------------------------------------
  function matrix() {
    const table = by("matrix"), form = by("filters"), count = by("count"), readout = by("readout");
    const rows = [...table.querySelectorAll("tr.dialect")];
    const fits = (state, wanted) => !wanted || state === wanted || (wanted === "taken" && (state === "exact" || state === "said"));
    const cellOf = (row, field) => row.querySelector(`td[data-field="${CSS.escape(field)}"]`);
    const chosen = () => Object.fromEntries([...form.elements].filter((each) => each.name).map((each) => [each.name, each.value]));

    function apply() {
      const { provider, operation, field, becomes, status } = chosen();
      form.elements.becomes.disabled = !field;
      let shown = 0;
      for (const row of rows) {
        const ok = (!provider || row.dataset.provider === provider)
          && (!operation || row.dataset.operations.split(" ").includes(operation))
          && (!status || row.dataset.status === status)
          && (!field || fits(cellOf(row, field).dataset.state, becomes));
        row.hidden = !ok;
        shown += ok;
      }
      for (const body of table.tBodies) body.hidden = !body.querySelector("tr.dialect:not([hidden])");
      for (const cell of table.querySelectorAll("[data-field]")) cell.hidden = Boolean(field) && cell.dataset.field !== field;
      table.classList.toggle("one", Boolean(field));
      count.textContent = shown === rows.length ? `${shown} dialects` : `${shown} of ${rows.length} dialects`;
      rove();
    }
    function save() {
      const said = Object.entries(chosen()).filter(([name, value]) => value && !(name === "becomes" && form.elements.becomes.disabled));
      writeHash(new URLSearchParams(said));
    }
    function load() {
      const said = readHash();
      for (const each of form.elements) {
        if (!each.name) continue;
        const value = said.get(each.name) ?? "";
        each.value = [...each.options].some((option) => option.value === value) ? value : "";
      }
      apply();
    }
    form.addEventListener("change", () => { apply(); save(); });
    form.addEventListener("reset", () => setTimeout(() => { apply(); save(); }));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", load);

    // One stop for Tab; the arrows move within, so that nobody tabs through two thousand cells.
    let stop = null;
    const grid = () => rows.filter((row) => !row.hidden).map((row) => [...row.querySelectorAll("td:not([hidden]) > a")]);
    function rove(to) {
      const cells = grid();
      const next = to ?? (stop && !stop.closest("[hidden]") ? stop : cells[0]?.[0]);
      for (const link of table.querySelectorAll("td > a")) link.tabIndex = -1;
      stop = next ?? null;
      if (stop) stop.tabIndex = 0;
    }
    table.addEventListener("keydown", (event) => {
      const link = event.target.closest("td > a");
      if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
      const cells = grid();
      const y = cells.findIndex((row) => row.includes(link)), x = cells[y].indexOf(link);
      const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -x], End: [0, cells[y].length - 1 - x], PageDown: [10, 0], PageUp: [-10, 0] };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const row = cells[Math.min(Math.max(y + move[0], 0), cells.length - 1)];
      const to = row[Math.min(Math.max(x + move[1], 0), row.length - 1)];
      rove(to); to.focus();
      to.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    const point = (event) => {
      const link = event.target.closest?.("td > a");
      table.querySelectorAll("thead th.on").forEach((head) => head.classList.remove("on"));
      if (!link) return;
      readout.textContent = link.getAttribute("aria-label");
      table.querySelector(`thead th[data-field="${CSS.escape(link.parentElement.dataset.field)}"]`)?.classList.add("on");
      if (event.type === "focusin") rove(link);
    };
    table.addEventListener("mouseover", point);
    table.addEventListener("focusin", point);
    load();
  }

  // --- trials ---------------------------------------------------------------------------------------
  function trials() {
    const data = JSON.parse(by("trials").textContent);
    const form = by("tries");
    const notes = by("notes"), all = by("all");
    const pretty = (value) => JSON.stringify(value, null, 2);
    const verdict = (result) => result.native === null ? ["refused", "refused"] : result.losses ? [`${result.losses} lost`, ""] : ["nothing lost", "clean"];

    function show() {
      const name = form.elements.sample.value, target = form.elements.target.value;
      const sample = data.samples.find((each) => each.name === name);
      const result = data.results[target][name];
      by("given").textContent = pretty(sample.request);
      by("sent").textContent = result.native === null ? "Nothing is sent: the request is refused." : pretty(result.native);
      notes.replaceChildren(...result.said.map((each) => make("li", each.says, each.group)));
      if (!result.said.length) notes.append(make("li", "None: everything arrives as it was said.", "clean"));
      const order = data.targets.map((each) => [each, data.results[each.name][name]]);
      order.sort((a, b) => (a[1].native === null) - (b[1].native === null) || a[1].losses - b[1].losses || (a[0].status === "retired") - (b[0].status === "retired"));
      all.replaceChildren(...order.map(([each, what]) => {
        const item = make("li"), button = make("button", each.name + (each.status === "active" ? "" : ` (${each.status})`)), [text, cls] = verdict(what);
        button.type = "button";
        button.setAttribute("aria-pressed", String(each.name === target));
        button.append(make("span", text, cls));
        button.addEventListener("click", () => { form.elements.target.value = each.name; show(); save(); by("h-sent").scrollIntoView({ block: "center" }); });
        item.append(button);
        return item;
      }));
    }
    const save = () => writeHash(new URLSearchParams({ sample: form.elements.sample.value, target: form.elements.target.value }));
    function load() {
      const said = readHash();
      for (const name of ["sample", "target"]) {
        const select = form.elements[name], value = said.get(name);
        if ([...select.options].some((option) => option.value === value)) select.value = value;
      }
      show();
    }
    form.addEventListener("change", () => { show(); save(); });
    addEventListener("hashchange", load);
    load();
  }

  // A link to what lies in a closed details opens it.
  function reveal() {
    const name = decodeURIComponent(location.hash.slice(1));
    const place = name && !name.includes("=") ? by(name) : null;
    for (let node = place?.parentElement; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    place?.scrollIntoView();
  }

  addEventListener("DOMContentLoaded", () => {
    themes(); search();
    if (by("matrix")) matrix();
    if (by("trials")) trials();
    if (!by("matrix") && !by("trials")) { reveal(); addEventListener("hashchange", reveal); }
  });
})();
