import type { RunRecord, TaskEvaluation } from "../run/record.js";
import { formatPercent } from "./numbers.js";

type Verdict = TaskEvaluation["verdict"];

/** How each verdict is said, and the sign that goes with it where colour is not enough. */
export const VERDICTS = {
  helped: { words: "helped", sign: "▲" },
  neutral: { words: "no clear difference", sign: "●" },
  hurt: { words: "hurt", sign: "▼" },
} as const satisfies Record<Verdict, { words: string; sign: string }>;

/** What Δm is, for the reader who meets it first. */
export const DELTA_MEANING = "positive means the multi-task model is better";

/**
 * The run in one sentence: how many tasks sharing helped and hurt, which, and Δm with its direction.
 *
 * @param name how a task's name is written; names longer than fits should be shortened there.
 */
export function verdictSentence(record: RunRecord, name: (task: string) => string = (task) => task): string {
  const { tasks, deltaM } = record.evaluation;
  const delta = `Δm ${formatPercent(deltaM.percent)} (${DELTA_MEANING}).`;
  const total = tasks.length;
  if (total === 0) return "No task could be evaluated.";
  const helped = tasks.filter(({ verdict }) => verdict === "helped");
  const hurt = tasks.filter(({ verdict }) => verdict === "hurt");
  if (helped.length + hurt.length === 0) {
    const where = total === 1 ? "the only task" : total === 2 ? "either task" : `any of ${total} tasks`;
    return `Sharing made no clear difference to ${where}; ${delta}`;
  }
  const counts = `Sharing helped ${amount(helped.length)} of ${total} ${total === 1 ? "task" : "tasks"}, hurt ${amount(hurt.length)}`;
  return `${counts}: ${listed([...helped, ...hurt], name)}; ${delta}`;
}

const MOST_NAMED = 4;

const amount = (count: number): string => (count === 0 ? "none" : String(count));

function listed(tasks: readonly TaskEvaluation[], name: (task: string) => string): string {
  const bySize = [...tasks].sort((a, b) => size(b) - size(a));
  const named = bySize
    .slice(0, MOST_NAMED)
    .map(({ task, gain }) => `${name(task)} ${formatPercent(gain.percent)}`);
  const rest = tasks.length - named.length;
  return rest > 0 ? `${named.join(", ")} and ${rest} more` : named.join(", ");
}

const size = ({ gain }: TaskEvaluation): number =>
  Number.isFinite(gain.percent) ? Math.abs(gain.percent) : 0;

/**
 * The gain's interval in percent of the single-task value, the unit that tasks share; NaN where that value is 0 or
 * undefined.
 */
export function intervalPercent(task: Pick<TaskEvaluation, "gain" | "primary" | "single">): {
  readonly low: number;
  readonly high: number;
} {
  const { gain, primary, single } = task;
  const base = Math.abs(single[primary.metric] ?? Number.NaN);
  const perUnit =
    gain.value !== 0 && Number.isFinite(gain.percent / gain.value) ? gain.percent / gain.value : 100 / base;
  if (!Number.isFinite(perUnit)) return { low: Number.NaN, high: Number.NaN };
  return { low: gain.low * perUnit, high: gain.high * perUnit };
}
