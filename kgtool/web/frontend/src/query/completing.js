// What the editor completes: the classes, properties and prefixes of this graph, and nothing from anywhere else.

export function complete(Yasqe, known) {
  const local = (name, list) => Object.assign(Yasqe.Autocompleters[name], { get: () => list, bulk: true, persistenceId: null });
  local("class", Object.keys(known.classes));
  local("property", Object.keys(known.properties));
  const longestFirst = Object.entries(known.prefixes).sort(([, a], [, b]) => b.length - a.length || (a < b ? -1 : 1));
  local("prefixes", longestFirst.map(([prefix, namespace]) => `${prefix}: <${namespace}>`));
}
