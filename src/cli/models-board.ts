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

/** Losses of each task, training then validation: `price 0.412/0.455`. */
export function lossesText(
  losses: Readonly<Record<string, number>>,
  validation: Readonly<Record<string, number>>,
): string {
  const one = (task: string): string => {
    const held = validation[task];
    return `${task} ${lossText(losses[task]!)}${held === undefined ? "" : `/${lossText(held)}`}`;
  };
  return Object.keys(losses).map(one).join("  ");
}

/** The line at the end of one model's training. */
export function trainedText(event: TrainedEvent): string {
  return `${modelName(event.model)}: best epoch ${event.bestEpoch} of ${event.epochs}, ${event.seconds.toFixed(1)} s`;
}

function lineOf(name: string, standing: Standing, longest: number): string {
  const count = `${standing.epoch}/${standing.epochs}`.padStart(2 * String(standing.epochs).length + 1);
  const progress = bar(standing.epoch / standing.epochs, BAR);
  return `${modelName(name).padEnd(longest)} ${progress} ${count}  ${lossesText(standing.losses, standing.validation)}`;
}
