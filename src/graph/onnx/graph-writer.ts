import { RuntimeFailure } from "../../base/errors.js";
import type { OnnxAttributes, OnnxContext, TensorType } from "../op.js";
import { definitionOf } from "../registry.js";
import { SOURCES } from "../sources.js";
import type { Attributes, DType, Node, Subgraph, Tensor, TensorValue } from "../tensor.js";
import { bodyPlan, subgraphs } from "../traversal.js";
import { toTensorValue, value } from "../value.js";
import { ELEMENT_TYPES } from "./element-types.js";
import { Initializers, tensorProto } from "./initializers.js";
import type { AttributeProto, GraphProto, NodeProto, ValueInfoProto } from "./schema.js";

/** What stands around the nodes of a graph. */
interface Frame {
  readonly name: string;
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly (readonly [string, Tensor])[];
}

/** Writes nodes as ONNX, remembering the name of every value. One for a model, its loops' bodies included. */
export class GraphWriter {
  readonly #prefix: string;
  readonly #names = new Map<Node, readonly string[]>();
  readonly #written = new Map<string, readonly string[]>();
  readonly #initializers: Initializers;
  #nodes: NodeProto[] = [];
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#initializers = new Initializers(() => this.#fresh());
  }

  /** Gives names to the results of a node that is not written. */
  bind(node: Node, names: readonly string[]): void {
    this.#names.set(node, names);
  }

  /** Writes nodes, each after what it uses; one that equals an earlier one gets its names. */
  write(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (this.#names.has(node)) continue;
      if (node.op === "constant")
        this.bind(node, [this.#initializers.add(node.attributes["value"] as TensorValue)]);
      else this.bind(node, this.#operation(node));
    }
  }

  /** The whole graph; values take the names of the outputs they become. */
  graph({ name, inputs, outputs }: Frame): GraphProto {
    const made = new Set(this.#nodes.flatMap(({ output }) => output));
    const renamed = new Map<string, string>();
    for (const [output, tensor] of outputs) {
      const internal = this.#nameOf(tensor);
      if (made.has(internal) && !renamed.has(internal)) renamed.set(internal, output);
      else this.#push("Identity", [internal], [output], {});
    }
    const node = this.#nodes.map((written) => withNames(written, renamed));
    const output = outputs.map(([output, tensor]) => valueInfo(output, tensor));
    return { name, node, initializer: this.#initializers.all(), input: inputs, output };
  }

  #operation(node: Node): readonly string[] {
    if (SOURCES.has(node.op)) throw escaped(node);
    const inputs = node.inputs.map((tensor) => this.#nameOf(tensor));
    const key = subgraphs(node.attributes).length > 0 ? undefined : keyOf(node.op, node.attributes, inputs);
    const known = key === undefined ? undefined : this.#written.get(key);
    if (known) return known;
    const outputs = node.outputs.map(() => this.#fresh());
    definitionOf(node.op).onnx(this.#context(node, inputs, outputs));
    if (key !== undefined) this.#written.set(key, outputs);
    return outputs;
  }

  #context(node: Node, inputs: readonly string[], outputs: readonly string[]): OnnxContext<Attributes> {
    return {
      node,
      attributes: node.attributes,
      inputs,
      outputs,
      emit: (opType, from, { outputs: to = [this.#fresh()], attributes = {}, domain } = {}) => {
        this.#push(opType, from, to, attributes, node.layer, domain);
        return to[0]!;
      },
      ints: (list) => this.#initializers.add(toTensorValue(value([list.length], list), "int64")),
      strings: (list) => this.#initializers.add({ dtype: "string", shape: [list.length], data: list }),
      scalar: (x, dtype) => this.#initializers.add(toTensorValue(value([], [x]), dtype)),
      body: (subgraph) => this.#body(subgraph),
    };
  }

  #push(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: OnnxAttributes,
    layer = "",
    domain?: string,
  ): void {
    const name = `${this.#prefix}${layer === "" ? "" : `${layer}/`}${opType}.${this.#count++}`;
    const attribute = Object.entries(attributes).map(([key, content]) => attributeProto(key, content));
    this.#nodes.push({ input, output, name, opType, attribute, ...(domain !== undefined && { domain }) });
  }

  /** ONNX wants a condition going in and out, and results that are made inside, each once. */
  #body(subgraph: Subgraph): GraphProto {
    const around = this.#nodes;
    this.#nodes = [];
    const formals = subgraph.inputs.map(() => this.#fresh());
    subgraph.inputs.forEach(({ node }, i) => this.bind(node, [formals[i]!]));
    this.write(bodyPlan(subgraph).nodes);
    const [goOn, stillOn] = [this.#fresh(), this.#fresh()];
    this.#push("Identity", [goOn], [stillOn], {});
    const made = new Set(this.#nodes.flatMap(({ output }) => output));
    const outputs = subgraph.outputs.map((tensor) => {
      const internal = this.#nameOf(tensor);
      if (made.delete(internal)) return internal;
      const copy = this.#fresh();
      this.#push("Identity", [internal], [copy], {});
      return copy;
    });
    const condition = { shape: [], dtype: "bool" } as const;
    const [iteration, ...carried] = subgraph.inputs.map((tensor, i) => valueInfo(formals[i]!, tensor));
    const graph: GraphProto = {
      name: `${this.#prefix}body.${this.#count++}`,
      node: this.#nodes,
      initializer: [],
      input: [iteration!, valueInfo(goOn, condition), ...carried],
      output: [
        valueInfo(stillOn, condition),
        ...outputs.map((name, i) => valueInfo(name, subgraph.outputs[i]!)),
      ],
    };
    this.#nodes = around;
    return graph;
  }

  #fresh(): string {
    return `${this.#prefix}${this.#count++}`;
  }

  #nameOf({ node, index }: Tensor): string {
    const name = this.#names.get(node)?.[index];
    if (name === undefined) throw escaped(node);
    return name;
  }
}

/** Name, type and shape of a graph's input or output. */
export function valueInfo(name: string, { shape, dtype }: TensorType): ValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: BigInt(size) } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: elementType(dtype), shape: { dim } } } };
}

const elementType = (dtype: DType): number => ELEMENT_TYPES[dtype];

function keyOf(op: string, attributes: Attributes, inputs: readonly string[]): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([op, sorted, inputs], (_, x: unknown) => (typeof x === "number" ? `#${x}` : x)); // #: infinities too
}

/** Puts other names on values, in the bodies of loops too. */
function withNames(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const rename = (name: string): string => names.get(name) ?? name;
  const attribute = node.attribute.map((one) => {
    if (!one.g) return one;
    return { ...one, g: { ...one.g, node: one.g.node.map((inner) => withNames(inner, names)) } };
  });
  return { ...node, input: node.input.map(rename), output: node.output.map(rename), attribute };
}

const TYPE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7, strings: 8 } as const; // AttributeProto.AttributeType

function attributeProto(name: string, content: OnnxAttributes[string]): AttributeProto {
  const text = new TextEncoder();
  if (typeof content === "number") return { name, type: TYPE.int, i: BigInt(content) };
  if (typeof content === "string") return { name, type: TYPE.string, s: text.encode(content) };
  if ("float" in content) return { name, type: TYPE.float, f: content.float };
  if ("dtype" in content) return { name, type: TYPE.tensor, t: tensorProto(content) };
  if ("node" in content) return { name, type: TYPE.graph, g: content };
  const strings = content.filter((item) => typeof item === "string");
  if (strings.length > 0)
    return { name, type: TYPE.strings, strings: strings.map((item) => text.encode(item)) };
  return { name, type: TYPE.ints, ints: content.map((item) => BigInt(item)) };
}

function escaped(node: Node): RuntimeFailure {
  const problem = "is used outside the loop it belongs to";
  const fix = "Return it from the body as carried or as a scan.";
  return new RuntimeFailure({ where: node.layer || "graph", subject: `${node.op} of a body`, problem, fix });
}
