import { quoted } from "../cleaning.js";
import type { Finder, Finding } from "./finding.js";
import { evidenceOf } from "./gives-away.js";
import { settlings } from "./settling.js";

/** Targets that another target settles: no leak, since both are predicted, but a relation worth telling the model. */
export const targetDetermines: Finder = ({ targets, links, train, random }) => {
  const columns = targets.map(({ column }) => column);
  const found = settlings(columns, targets, train, random.fork("determines"));
  return found.map((pair): Finding => {
    const [from, to] = [pair.by.name, pair.target.column.name];
    const both = found.some(({ by, target }) => by.name === to && target.column.name === from);
    const linked = [`${from}:${to}`, `${to}:${from}`, `${from}~${to}`, `${to}~${from}`].some((link) =>
      links.includes(link),
    );
    return {
      kind: "target-determines",
      columns: [from, to],
      severity: "info",
      found: `Target ${quoted(from)} settles the target ${quoted(to)}${both ? ", and the other way round" : ""}: ${evidenceOf(pair)}.`,
      done: linked ? "the two are linked" : "nothing: targets are never inputs of each other",
      ...(!linked && {
        remedy: `Relate the two with --link ${JSON.stringify(`${from}:${to}`)}${both ? ", or leave one out: it brings the other nothing new" : ""}.`,
      }),
    };
  });
};
