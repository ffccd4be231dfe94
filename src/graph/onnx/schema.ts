import { type DescMessage, create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** A field: number, type (a message by name) and `[]` when repeated. */
type FieldTable = Readonly<Record<string, readonly [number, string]>>;

/** The messages of ONNX that are written or read; numbers from onnx.proto. Fields left out are skipped in reading. */
const MESSAGES: Readonly<Record<string, FieldTable>> = {
  ModelProto: {
    ir_version: [1, "int64"],
    producer_name: [2, "string"],
    producer_version: [3, "string"],
    doc_string: [6, "string"],
    graph: [7, "GraphProto"],
    opset_import: [8, "OperatorSetIdProto[]"],
    metadata_props: [14, "StringStringEntryProto[]"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto[]"],
    name: [2, "string"],
    initializer: [5, "TensorProto[]"],
    doc_string: [10, "string"],
    input: [11, "ValueInfoProto[]"],
    output: [12, "ValueInfoProto[]"],
    value_info: [13, "ValueInfoProto[]"],
  },
  NodeProto: {
    input: [1, "string[]"],
    output: [2, "string[]"],
    name: [3, "string"],
    op_type: [4, "string"],
    attribute: [5, "AttributeProto[]"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "TensorProto"],
    g: [6, "GraphProto"],
    floats: [7, "float[]"],
    ints: [8, "int64[]"],
    strings: [9, "bytes[]"],
    type: [20, "int32"],
  },
  TensorProto: {
    dims: [1, "int64[]"],
    data_type: [2, "int32"],
    string_data: [6, "bytes[]"],
    name: [8, "string"],
    raw_data: [9, "bytes"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"], doc_string: [3, "string"] },
  TypeProto: { tensor_type: [1, "TensorTypeProto"] },
  TensorTypeProto: { elem_type: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto[]"] },
  DimensionProto: { dim_value: [1, "int64"], dim_param: [2, "string"] },
};

/** An operator set a model needs. */
export interface OperatorSetIdProto {
  readonly domain?: string;
  readonly version?: bigint;
}

/** A symbolic name or a size. */
export interface DimensionProto {
  readonly dimValue?: bigint;
  readonly dimParam?: string;
}

/** Name, element type and shape of an input or output. */
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim: readonly DimensionProto[] };
    };
  };
}

/** A constant. */
export interface TensorProto {
  readonly name?: string;
  readonly dims: readonly bigint[];
  readonly dataType: number;
  readonly rawData?: Uint8Array;
  readonly stringData?: readonly Uint8Array[];
}

/** One attribute; `type` says which field holds it. */
export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: bigint;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly ints?: readonly bigint[];
  readonly strings?: readonly Uint8Array[];
}

/** One ONNX operation. */
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain?: string;
  readonly attribute: readonly AttributeProto[];
}

/** A graph, or the body of a loop. */
export interface GraphProto {
  readonly name?: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

/** A model file. */
export interface ModelProto {
  readonly irVersion?: bigint;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly docString?: string;
  readonly graph?: GraphProto;
  readonly opsetImport: readonly OperatorSetIdProto[];
  readonly metadataProps: readonly { readonly key?: string; readonly value?: string }[];
}

const PACKAGE = "kindred.onnx";
const SCALARS: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  int32: FieldDescriptorProto_Type.INT32,
  int64: FieldDescriptorProto_Type.INT64,
  float: FieldDescriptorProto_Type.FLOAT,
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
};

let model: DescMessage | undefined;

function modelSchema(): DescMessage {
  if (model) return model;
  const file = create(FileDescriptorProtoSchema, {
    name: "onnx.proto",
    package: PACKAGE,
    syntax: "proto2",
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: Object.entries(fields).map(([field, [number, type]]) => fieldOf(field, number, type)),
    })),
  });
  model = createFileRegistry(file, () => undefined).getMessage(`${PACKAGE}.ModelProto`);
  if (!model) throw new TypeError("the ONNX schema has no ModelProto");
  return model;
}

function fieldOf(name: string, number: number, type: string) {
  const repeated = type.endsWith("[]");
  const plain = repeated ? type.slice(0, -2) : type;
  const scalar = SCALARS[plain];
  return {
    name,
    number,
    label: repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    type: scalar ?? FieldDescriptorProto_Type.MESSAGE,
    ...(scalar === undefined && { typeName: `.${PACKAGE}.${plain}` }),
  };
}

/** Writes a model as bytes. */
export function encodeModel(content: ModelProto): Uint8Array {
  const schema = modelSchema();
  return toBinary(schema, create(schema, content as never)); // the schema is data, so the compiler cannot know its fields
}

/** Reads a model from bytes; throws what the protobuf library throws when they are not one. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return fromBinary(modelSchema(), bytes) as unknown as ModelProto; // fields as in MESSAGES, camelCase
}
