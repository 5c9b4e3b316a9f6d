// JSON with every integer exact: what tests compare events by. A parser of its own, apart from those that are tested.

export type Exact =
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly Exact[]
  | { readonly [key: string]: Exact };

/** Objects with sorted keys, integers as BigInt. */
export function parseExact(text: string): Exact {
  let at = 0;
  const space = (): void => {
    while (" \t\r\n".includes(text[at] ?? "x")) at++;
  };
  const expect = (word: string): void => {
    if (!text.startsWith(word, at)) throw new SyntaxError(`expected ${word} at ${at}`);
    at += word.length;
  };
  const string = (): string => {
    const whole = /"(?:[^"\\]|\\.)*"/y;
    whole.lastIndex = at;
    const found = whole.exec(text);
    if (found === null) throw new SyntaxError(`expected a string at ${at}`);
    at += found[0].length;
    return JSON.parse(found[0]) as string;
  };
  const list = <T>(close: string, one: () => T): T[] => {
    const all: T[] = [];
    at++;
    space();
    while (text[at] !== close) {
      if (all.length > 0) expect(",");
      space();
      all.push(one());
      space();
    }
    at++;
    return all;
  };
  const value = (): Exact => {
    space();
    switch (text[at]) {
      case "{": {
        const members = list("}", (): [string, Exact] => {
          const key = string();
          space();
          expect(":");
          return [key, value()];
        });
        return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
      }
      case "[":
        return list("]", value);
      case '"':
        return string();
      case "t":
        expect("true");
        return true;
      case "f":
        expect("false");
        return false;
      case "n":
        expect("null");
        return null;
      default: {
        const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
        number.lastIndex = at;
        const found = number.exec(text);
        if (found === null) throw new SyntaxError(`expected a value at ${at}`);
        at += found[0].length;
        return found[1] === undefined && found[2] === undefined ? BigInt(found[0]) : Number(found[0]);
      }
    }
  };
  const result = value();
  space();
  if (at !== text.length) throw new SyntaxError(`something behind the value at ${at}`);
  return result;
}
