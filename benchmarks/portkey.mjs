// Times Portkey's open-source mapping of requests in Node: its `transformToProviderRequest` and nothing else.
//
// node portkey.mjs FOLDER < {"rounds", "turn_ns", "requests": {name: {"provider", "params", "options"}}}
// FOLDER is where @portkey-ai/gateway is installed. Its package is one bundle that starts a server, so the text
// before the start is loaded, with the name of the function, which is found by its first words, exported.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const build = join(process.argv[2], "node_modules/@portkey-ai/gateway/build");
const source = readFileSync(join(build, "start-server.js"), "utf8");
const name = source.match(/([\w$]+)=\((?:[\w$]+,){5}[\w$]+\)=>\{if\("uploadFile"===/)?.[1];
const start = source.search(/const [\w$]+=`http:\/\/localhost:\$\{/);
if (!name || start < 0) {
  console.log(JSON.stringify({ failed: "its bundle has another form" }));
  process.exit(0);
}
const module = join(build, `imagetx-benchmark-${process.pid}.mjs`);
writeFileSync(module, `${source.slice(0, start)};export const transform = ${name};`);
const loaded = await import(pathToFileURL(module)).finally(() => rmSync(module));

const { rounds, turn_ns, requests } = JSON.parse(readFileSync(0, "utf8"));
const turn = (call, count) => {
  const begun = process.hrtime.bigint();
  for (let at = 0; at < count; at++) call();
  return Number(process.hrtime.bigint() - begun) / count;
};
const results = {};
for (const [ours, { provider, params, options }] of Object.entries(requests)) {
  const call = () => loaded.transform(provider, params, params, "imageGenerate", {}, options);
  try {
    const body = call();
    let count = 1;
    while (turn(call, count) * count < turn_ns) count *= 4;
    let best = Infinity;
    for (let round = 0; round < rounds; round++) best = Math.min(best, turn(call, count));
    results[ours] = { ns: best, body: body instanceof FormData ? Object.fromEntries(body) : body };
  } catch (error) {
    results[ours] = { failed: String(error.message).slice(0, 80) };
  }
}
console.log(JSON.stringify(results));
process.exit(0);
