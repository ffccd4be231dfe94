import type { StudyEvent } from "../study/events.js";
import { bar, clip, lossText } from "./bars.js";
import { harmless } from "./screen.js";

type EpochEvent = Extract<StudyEvent, { type: "epoch" }>;
type TrainedEvent = Extract<StudyEvent, { type: "trained" }>;

/** What is known of one model in training. */
interface Standing {
  epoch: number;
  epochs: number;
  losses: Readonly<Record<string, number>>;
  validation: Readonly<Record<string, number>>;
}

/** Losses that are told one by one; a model of more tasks has many baselines too. */
export const MOST_LOSSES = 12;
const BAR = 20; // cells: leaves room for two losses of two tasks in 80 columns

/** The models that are being trained now, as the live block shows them. */
export interface ModelsBoard {
  epoch(event: EpochEvent): void;
  trained(event: TrainedEvent): void;
  /** One line per running model, none wider than `width`. */
  lines(width: number): string[];
}

/** An empty board. */
export function modelsBoard(): ModelsBoard {
  const running = new Map<string, Standing>();
  return {
    epoch(event) {
      const before = running.get(event.model);
      running.set(event.model, {
        epoch: event.epoch,
        epochs: event.epochs,
        losses: event.losses,
        validation: event.validation ?? before?.validation ?? {},
      });
    },
    trained(event) {
      running.delete(event.model);
    },
    lines(width) {
      const longest = Math.max(0, ...[...running.keys()].map((name) => modelName(name).length));
      return [...running].map(([name, standing]) => clip(harmless(lineOf(name, standing, longest)), width));
    },
  };
}

/** What a person calls a model of the study. */
export const modelName = (model: string): string => (model === "multi-task" ? model : `${model} alone`);

/** Losses of each task, training then validation: `price 0.412/0.455`; of many tasks their means. */
export function lossesText(
  losses: Readonly<Record<string, number>>,
  validation: Readonly<Record<string, number>>,
): string {
  const tasks = Object.keys(losses);
  if (tasks.length > MOST_LOSSES) {
    const held = meanOf(tasks.map((task) => validation[task]));
    return `${tasks.length} tasks ${lossText(meanOf(Object.values(losses)))}${Number.isNaN(held) ? "" : `/${lossText(held)}`}`;
  }
  const one = (task: string): string => {
    const held = validation[task];
    return `${task} ${lossText(losses[task]!)}${held === undefined ? "" : `/${lossText(held)}`}`;
  };
  return tasks.map(one).join("  ");
}

/** Mean over the numbers there are; NaN without any. */
function meanOf(values: readonly (number | undefined)[]): number {
  const found = values.filter((value): value is number => value !== undefined && !Number.isNaN(value));
  return found.reduce((sum, value) => sum + value / found.length, found.length > 0 ? 0 : Number.NaN);
}

/** The line at the end of one model's training. */
export function trainedText(event: TrainedEvent): string {
  const kept = Object.values(event.bestEpochs ?? {});
  const best =
    kept.length > 0 ? `epochs ${Math.min(...kept)} to ${Math.max(...kept)}` : `epoch ${event.bestEpoch}`;
  return `${modelName(event.model)}: best ${best} of ${event.epochs}, ${event.seconds.toFixed(1)} s`;
}

function lineOf(name: string, standing: Standing, longest: number): string {
  const count = `${standing.epoch}/${standing.epochs}`.padStart(2 * String(standing.epochs).length + 1);
  const progress = bar(standing.epoch / standing.epochs, BAR);
  return `${modelName(name).padEnd(longest)} ${progress} ${count}  ${lossesText(standing.losses, standing.validation)}`;
}
