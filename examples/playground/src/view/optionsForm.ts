import { debounceTime, fromEvent, map, merge, type Observable, startWith } from 'rxjs';

import { type Field, type FormValues, type Section, sections } from '../settings';
import { element } from './element';

/** A form for all operators and their options. Gives what stands in it, at first and whenever somebody changes it. */
export function optionsForm(form: HTMLFormElement, frame: HTMLElement): Observable<FormValues> {
  frame.replaceChildren(...sections.map(sectionElement));
  showFields(form);
  const isReset = fromEvent(form, 'reset').pipe(debounceTime(0));
  // Typing a number takes several strokes.
  const isEdited = fromEvent(form, 'input').pipe(debounceTime(150));
  fromEvent(form, 'submit').subscribe((event) => event.preventDefault());
  return merge(isReset, isEdited).pipe(
    startWith(undefined),
    map(() => {
      showFields(form);
      return valuesOf(form);
    }),
  );
}

function valuesOf(form: HTMLFormElement): FormValues {
  return Object.fromEntries(
    [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The options of an operator that is off are not shown. */
function showFields(form: HTMLFormElement): void {
  for (const fieldset of form.querySelectorAll('fieldset')) {
    const toggle = fieldset.querySelector<HTMLInputElement>('legend input');
    fieldset.classList.toggle('off', toggle?.checked === false);
  }
}

function sectionElement({ name, title, hint, isOn, fields }: Section): HTMLElement {
  const legend =
    isOn === undefined
      ? element('legend', {}, name)
      : element(
          'legend',
          {},
          element(
            'label',
            {},
            element('input', { type: 'checkbox', name, checked: isOn }),
            title ?? name,
            ...(title === undefined ? [] : [' ', element('span', { class: 'quiet' }, name)]),
          ),
        );
  return element(
    'fieldset',
    {},
    legend,
    element('p', { class: 'quiet' }, hint),
    element(
      'div',
      { class: 'fields' },
      ...fields.map((field) => fieldElement(`${name}.${field.name}`, field)),
    ),
  );
}

function fieldElement(name: string, field: Field): HTMLElement {
  const id = name.replace(/\./g, '-');
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, field.name),
    inputElement(id, name, field),
    element('small', { id: `${id}-hint` }, field.hint),
  );
}

function inputElement(id: string, name: string, field: Field): HTMLElement {
  const attributes = { id, name, 'aria-describedby': `${id}-hint` };
  switch (field.type) {
    case 'flag':
      return element('input', { ...attributes, type: 'checkbox' });
    case 'choice':
      return element(
        'select',
        attributes,
        ...field.choices.map((choice, index) =>
          element('option', { value: index === 0 ? '' : choice }, choice),
        ),
      );
    case 'number':
    case 'text':
      return element('input', {
        ...attributes,
        placeholder: field.default,
        inputmode: field.type === 'number' ? 'decimal' : undefined,
        autocomplete: 'off',
        spellcheck: 'false',
      });
  }
}
