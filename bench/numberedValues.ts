export interface Numbers {
  readonly values: number;
}

export interface NumberedValue {
  readonly number: number;
}

export function numberedValues({ values }: Numbers): NumberedValue[] {
  return Array.from({ length: values }, (_, number) => ({ number }));
}
