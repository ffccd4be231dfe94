import * as fc from "fast-check";
import { KindredError } from "../../src/base/errors.js";
import { decodeModel, encodeModel } from "../../src/graph/onnx/schema.js";
import { classification, load, openModel, regression } from "../../src/index.js";
import { CARD_KEY } from "../../src/study/model-card.js";
import { type Edit, edited, edits } from "./edits.js";
import { type JsonChange, jsonChange, withChanges } from "./json-change.js";
import { type FuzzTarget, holds, outcomeOf, type TargetMaker } from "./target.js";

/** A model file with changed bytes or a changed card. */
interface ModelInput {
  readonly bytes: readonly Edit[];
  readonly card: readonly JsonChange[];
}

const inputs: fc.Arbitrary<ModelInput> = fc.oneof(
  fc.record({ bytes: edits(1, 4), card: fc.constant([]) }),
  fc.record({ bytes: fc.constant([]), card: fc.array(jsonChange, { minLength: 1, maxLength: 3 }) }),
);

const ROW = { x: 1.5, colour: "red" };

/** Damaged model files: each opens and predicts, or is refused. */
export const modelsTarget: TargetMaker = async () => {
  const sound = await smallModel();
  const rebuilt = (input: ModelInput): Uint8Array =>
    edited(input.card.length > 0 ? withCard(sound, input.card) : sound, input.bytes);
  return {
    name: "models",
    inputs,
    save: rebuilt,
    run: (input) =>
      outcomeOf(
        () => openModel(rebuilt(input)),
        async (model) => {
          try {
            const [prediction] = await model.predict([ROW]);
            holds(prediction !== undefined, () => "no prediction");
          } catch (error) {
            if (!(error instanceof KindredError)) throw error; // what a graph does is known when it runs
          } finally {
            await model.close();
          }
        },
      ),
  } satisfies FuzzTarget<ModelInput>;
};

function withCard(bytes: Uint8Array, changes: readonly JsonChange[]): Uint8Array {
  const model = decodeModel(bytes);
  const metadataProps = model.metadataProps.map((entry) =>
    entry.key === CARD_KEY
      ? { ...entry, value: JSON.stringify(withChanges(JSON.parse(entry.value!), changes)) }
      : entry,
  );
  return encodeModel({ ...model, metadataProps });
}

/** A model of two inputs and two tasks, trained for a moment. */
async function smallModel(): Promise<Uint8Array> {
  const rows = Array.from({ length: 80 }, (_, i) => ({
    x: ((i * 37) % 101) / 10,
    colour: ["red", "green", "blue"][i % 3]!,
    amount: ((i * 37) % 101) / 5 + (i % 3),
    label: (i * 37) % 101 > 50 ? "yes" : "no",
  }));
  const tasks = { amount: regression(), label: classification() };
  const study = await load(rows, { tasks, budget: { epochs: 2 }, sharing: { members: 2, trunk: [8] } });
  const model = await study.train();
  await model.close();
  return model.modelBytes;
}
