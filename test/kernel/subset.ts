// Partial comparison of events: every member of the pattern has to be in the value; arrays element by element.
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isSubset = (pattern: unknown, value: unknown): boolean => {
  if (Array.isArray(pattern))
    return (
      Array.isArray(value) &&
      pattern.length === value.length &&
      pattern.every((element, index) => isSubset(element, value[index]))
    );
  if (!isObject(pattern)) return Object.is(pattern, value);
  return isObject(value) && Object.entries(pattern).every(([key, member]) => isSubset(member, value[key]));
};
