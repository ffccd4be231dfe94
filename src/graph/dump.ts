import { formatShape } from "./shape.js";
import type { AttributeValue, Node, Tensor } from "./tensor.js";
import { bodyPlan, order, subgraphs } from "./traversal.js";

/** A graph as text, one node a line: number, operation with attributes, inputs, types, and the layer after `#`. */
export function dump(outputs: Readonly<Record<string, Tensor>>): string {
  const numbers = new Map<Node, number>();
  const name = ({ node, index }: Tensor): string => {
    const number = numbers.get(node) ?? "?";
    return node.outputs.length > 1 ? `%${number}.${index}` : `%${number}`;
  };
  const lines: string[] = [];
  const write = (nodes: readonly Node[], indent: string): void => {
    for (const node of nodes) {
      numbers.set(node, numbers.size);
      lines.push(indent + line(node, numbers.get(node)!, name));
      for (const body of subgraphs(node.attributes)) {
        write(
          body.inputs.map((formal) => formal.node),
          `${indent}  `,
        );
        write(bodyPlan(body).nodes, `${indent}  `);
        lines.push(`${indent}  gives ${body.outputs.map(name).join(", ")}`);
      }
    }
  };
  write(order(Object.values(outputs)), "");
  for (const [key, tensor] of Object.entries(outputs))
    lines.push(`output ${JSON.stringify(key)} = ${name(tensor)}`);
  return lines.join("\n");
}

function line(node: Node, number: number, name: (tensor: Tensor) => string): string {
  const types = node.outputs.map(({ shape, dtype }) => `${dtype} ${formatShape(shape)}`).join(", ");
  const attributes = Object.entries(node.attributes).map(([key, value]) => `${key}=${attribute(value)}`);
  const settings = attributes.length === 0 ? "" : ` {${attributes.join(", ")}}`;
  const comment = node.layer === "" ? "" : `  # ${node.layer}`;
  return `%${number} = ${node.op}${settings} (${node.inputs.map(name).join(", ")}): ${types}${comment}`;
}

const SHOWN = 4; // elements of a constant that are written out

function attribute(value: AttributeValue): string {
  if (typeof value !== "object") return JSON.stringify(value);
  if ("dtype" in value) {
    const first = Array.from(value.data.slice(0, SHOWN), String).join(", ");
    return `[${first}${value.data.length > SHOWN ? ", …" : ""}]`;
  }
  if ("outputs" in value) return "body";
  return `[${value.join(", ")}]`;
}
