type Place = 'sign' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'exponent sign' | 'exponent';

/** Matches the grammar of JSON numbers, one character at a time. */
export class NumberGrammar {
  private place: Place = 'sign';

  /** Whether the characters so far are a complete number. */
  get isComplete(): boolean {
    return (
      this.place === 'zero' ||
      this.place === 'integer' ||
      this.place === 'fraction' ||
      this.place === 'exponent'
    );
  }

  /** Returns whether a number can begin with this character. */
  begin(character: string): boolean {
    const place = character === '-' ? 'sign' : afterSign(character);
    this.place = place ?? 'sign';
    return place !== undefined;
  }

  /** Returns whether the number can continue with this character. If not, nothing changes. */
  next(character: string): boolean {
    const place = follow(this.place, character);
    this.place = place ?? this.place;
    return place !== undefined;
  }
}

function follow(place: Place, character: string): Place | undefined {
  switch (place) {
    case 'sign':
      return afterSign(character);
    case 'zero':
      return afterInteger(character);
    case 'integer':
      return isDigit(character) ? 'integer' : afterInteger(character);
    case 'point':
      return isDigit(character) ? 'fraction' : undefined;
    case 'fraction':
      return isDigit(character) ? 'fraction' : beforeExponent(character);
    case 'e':
      return character === '+' || character === '-' ? 'exponent sign' : exponent(character);
    case 'exponent sign':
    case 'exponent':
      return exponent(character);
  }
}

function afterSign(character: string): Place | undefined {
  if (character === '0') {
    return 'zero';
  }
  return isDigit(character) ? 'integer' : undefined;
}

function afterInteger(character: string): Place | undefined {
  return character === '.' ? 'point' : beforeExponent(character);
}

function beforeExponent(character: string): Place | undefined {
  return character === 'e' || character === 'E' ? 'e' : undefined;
}

function exponent(character: string): Place | undefined {
  return isDigit(character) ? 'exponent' : undefined;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
