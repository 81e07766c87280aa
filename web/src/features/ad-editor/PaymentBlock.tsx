/** Getting paid: by what, where, and what the maker asks for. What looks wrong in a detail is said, and refused by nobody. */
import type { ReactNode } from "react";
import { useMethods } from "../../data/settings.ts";
import type { PaymentMethod } from "../../data/types.ts";
import { Checkbox } from "../../ui/Choice.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useWords } from "../../ui/words.ts";
import { At, Block } from "./Block.tsx";
import { warningOf } from "./checks.ts";
import type { Detail } from "./draft.ts";
import css from "./PaymentBlock.module.css";
import type { Editor } from "./useEditor.ts";
import { useDetailName, useFaultSentence } from "./words.ts";

type Props = { readonly editor: Editor; readonly catalogue: readonly PaymentMethod[] };

export const PaymentBlock = ({ editor, catalogue }: Props) => {
  const adEditor = useWords("adEditor");
  const { side } = editor.draft;
  return (
    <Block title={adEditor.payment} lead={side === "sell" ? adEditor.sellLead : adEditor.buyLead}>
      <Methods editor={editor} catalogue={catalogue} />
      {side === "sell" && editor.details.length > 0 && <Details editor={editor} />}
      <Instructions editor={editor} />
    </Block>
  );
};

const Methods = ({ editor, catalogue }: Props) => {
  const adEditor = useWords("adEditor");
  const sentence = useFaultSentence();
  const methods = useMethods();
  const { draft, set } = editor;
  const fault = editor.faultAt("methods");
  // An ad may have methods that the catalogue does not know.
  const others = draft.methods.filter((id) => !catalogue.some((method) => method.id === id));
  const toggle = (id: string, on: boolean) =>
    set({ methods: on ? [...draft.methods, id] : draft.methods.filter((each) => each !== id) }, "methods");
  return (
    <At field="methods">
      <fieldset aria-describedby={fault && "methods-fault"}>
        <legend className={css.legend}>{adEditor.fields.methods}</legend>
        <div className={css.methods}>
          {[...catalogue.map(({ id }) => id), ...others].map((id) => (
            <div key={id} className={css.method}>
              <Checkbox checked={draft.methods.includes(id)} onChange={(on) => toggle(id, on)}>
                {methods.label(id)}
              </Checkbox>
            </div>
          ))}
        </div>
        {fault && (
          <p id="methods-fault" className={css.fault}>
            {sentence(fault)}
          </p>
        )}
      </fieldset>
    </At>
  );
};

const Details = ({ editor }: { readonly editor: Editor }) => {
  const adEditor = useWords("adEditor");
  return (
    <fieldset className={css.details}>
      <legend className={css.legend}>{adEditor.whereToPay}</legend>
      {editor.details.map((detail) => (
        <DetailField key={detail.name} editor={editor} detail={detail} />
      ))}
    </fieldset>
  );
};

const MODES = { card: "numeric", phone: "tel", iban: "text", text: "text" } as const;

const DetailField = ({ editor, detail }: { readonly editor: Editor; readonly detail: Detail }) => {
  const adEditor = useWords("adEditor");
  const methods = useMethods();
  const nameOf = useDetailName();
  const sentence = useFaultSentence();
  const { name, kind, required, of } = detail;
  const field = `details.${name}` as const;
  const value = editor.draft.details[name] ?? "";
  const fault = editor.faultAt(field);
  const warning = warningOf(kind, value);
  const hint: ReactNode =
    warning !== null ? (
      <span className={css.warning}>
        <Icon name="warning" />
        {adEditor.looksWrong[warning]}
      </span>
    ) : of.length > 0 && of.length < editor.draft.methods.length ? (
      adEditor.detailOf({ methods: of.map(methods.label).join(", ") })
    ) : undefined;
  return (
    <At field={field}>
      <TextField
        label={nameOf(name)}
        name={field}
        value={value}
        optional={!required}
        inputMode={MODES[kind]}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        onChange={({ target }) => editor.set({ details: { ...editor.draft.details, [name]: target.value } }, field)}
        onBlur={() => editor.leave(field)}
        error={fault && sentence(fault)}
        hint={hint}
      />
    </At>
  );
};

const Instructions = ({ editor }: { readonly editor: Editor }) => {
  const adEditor = useWords("adEditor");
  const sentence = useFaultSentence();
  const fault = editor.faultAt("instructions");
  return (
    <At field="instructions">
      <TextArea
        label={adEditor.fields.instructions}
        name="instructions"
        value={editor.draft.instructions}
        optional
        dir="auto"
        rows={4}
        onChange={({ target: { value } }) => editor.set({ instructions: value }, "instructions")}
        onBlur={() => editor.leave("instructions")}
        error={fault && sentence(fault)}
        hint={adEditor.instructionsHint}
      />
    </At>
  );
};
