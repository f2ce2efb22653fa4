interface FieldBase {
  /** The name of the option, with a dot before the name of an option in it. */
  readonly name: string;
  /** What the form has at first; nothing for the default of the option. */
  readonly value?: string;
}

/** An option that a live example shows in its form. */
export type Field =
  /** Its value is `on`, or empty for `false`. */
  | (FieldBase & { readonly type: 'flag'; readonly default?: 'on' })
  | (FieldBase & { readonly type: 'number'; readonly default: string })
  /** Texts with spaces between them. */
  | (FieldBase & { readonly type: 'list'; readonly default: string })
  /** The first one is the default. */
  | (FieldBase & { readonly type: 'choice'; readonly choices: readonly string[] });

/** What the form has, by the names of the fields. */
export type FieldValues = Readonly<Record<string, string>>;

/** Options as the form has them. The operators check them. */
export type Options = Readonly<Record<string, unknown>>;

/** Code in the options that are shown. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function initialValues(fields: readonly Field[]): FieldValues {
  return Object.fromEntries(fields.map((field) => [field.name, field.value ?? defaultValue(field)]));
}

function defaultValue(field: Field): string {
  switch (field.type) {
    case 'flag':
      return field.default ?? '';
    case 'choice':
      return field.choices[0] ?? '';
    default:
      return '';
  }
}

/** The options that differ from their defaults. */
export function readOptions(fields: readonly Field[], values: FieldValues): Options {
  const options: Record<string, unknown> = {};
  for (const field of fields) {
    const value = readField(field, values[field.name] ?? '');
    const [name = '', inner] = field.name.split('.');
    if (value !== undefined) {
      options[name] = inner === undefined ? value : { ...Object(options[name]), [inner]: value };
    }
  }
  return options;
}

function readField(field: Field, text: string): unknown {
  const value = text.trim();
  if (value === defaultValue(field)) {
    return undefined;
  }
  switch (field.type) {
    case 'flag':
      return value === 'on';
    case 'number':
      return Number(value);
    case 'list':
      return value.split(/\s+/);
    case 'choice':
      return value;
  }
}

/** A call of an operator as code: the options come after the other arguments. */
export function writeCall(name: string, options: Options, ...others: readonly string[]): string {
  const last = Object.keys(options).length === 0 ? [] : [writeValue(options)];
  return `${name}(${[...others, ...last].join(', ')})`;
}

function writeValue(value: unknown): string {
  if (value instanceof Code) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return `[${value.map(writeValue).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${name}: ${writeValue(member)}`);
    return `{ ${members.join(', ')} }`;
  }
  return typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : String(value);
}
