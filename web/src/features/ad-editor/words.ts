/** Faults, warnings and fields in words. */
import { useMethods } from "../../data/settings.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import type { Fault, Field } from "./faults.ts";

/** What is wrong and what to do about it. */
export const useFaultSentence = (): ((fault: Fault) => string) => {
  const { common } = useText();
  const adEditor = useWords("adEditor");
  const { bare } = useMoney();
  return (fault) => {
    switch (fault.kind) {
      case "needed":
        return common.needed;
      case "not_a_number":
        return common.notAnAmount;
      case "third_decimal":
        return common.thirdDecimal;
      case "too_large":
        return common.tooLargeAmount;
      case "rate":
        return adEditor.rateBand({ min: bare(fault.min), max: bare(fault.max) });
      case "window":
        return adEditor.minutesBand({ min: String(fault.min), max: String(fault.max) });
      case "least":
        return adEditor.least({ min: bare(fault.n) });
      case "tooLong":
        return adEditor.tooLong({ n: fault.n });
      case "tooMany":
        return adEditor.tooMany({ n: fault.n });
      case "server":
        return adEditor.refused({ message: fault.message });
      default:
        return adEditor[fault.kind];
    }
  };
};

const NAMED = ["side", "price", "min", "max", "total", "minutes", "methods", "instructions"] as const;

/** What a field is called. */
export const useFieldName = (): ((field: Field) => string) => {
  const adEditor = useWords("adEditor");
  const nameOf = useDetailName();
  return (field) => {
    const own = NAMED.find((name) => name === field);
    return own === undefined ? nameOf(field.slice("details.".length)) : adEditor.fields[own];
  };
};

/** What a detail is called by the first method that has it; its own name where none does. */
export const useDetailName = (): ((name: string) => string) => {
  const methods = useMethods();
  return (name) => {
    const method = methods.all.find(({ fields }) => fields.some((field) => field.name === name));
    return method === undefined ? name : methods.field(method.id, name);
  };
};
