import { Link } from '@tanstack/react-router'
import { Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PhoneField } from '#components/phone-field.tsx'
import { TextField } from '#components/text-field.tsx'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { useBodySchema } from '#services/schema.ts'
import type { Person } from '#services/session.ts'

type Values = { readonly name: string; readonly phone: string; readonly email: string | undefined; readonly pan: string | undefined }
const BY_CODE = { 'identity.phone_known': 'phone' }
const orNothing = (text: string) => (text === '' ? undefined : text)

const Fields = ({ form, refused }: { readonly form: ReturnType<typeof useForm<Values>>; readonly refused: unknown }) => {
  const { values, set, errorOf } = form
  return (
    <>
      <TextField
        label="Name"
        autoFocus
        value={values.name}
        onChange={(name) => set('name', name)}
        error={errorOf('name', refused)}
        hint="As on the identity document."
      />
      <PhoneField onChange={(phone) => set('phone', phone)} error={errorOf('phone', refused)} />
      <TextField
        label="E-mail"
        type="email"
        optional
        value={values.email ?? ''}
        onChange={(email) => set('email', orNothing(email))}
        error={errorOf('email', refused)}
      />
      <TextField
        label="PAN"
        optional
        mono
        value={values.pan ?? ''}
        onChange={(pan) => set('pan', orNothing(pan.toUpperCase().replaceAll(/[\s-]/g, '')))}
        error={errorOf('pan', refused)}
        hint="Ten characters, needed for the credit check; shown masked ever after."
      />
    </>
  )
}

const Known = ({ person }: { readonly person: Person }) => (
  <Done
    title={`${person.name} is known`}
    ways={
      <>
        <Link to="/apply" search={{ person: person.id }}>
          Take an application
        </Link>
        <Link to={`/people/${person.id}`}>Open</Link>
      </>
    }
  >
    They can apply for a loan now.
  </Done>
)

/** A person the company should know: a borrower, with or without a login of their own. */
export const NewPersonPage = () => {
  const schema = useBodySchema('identity.register')
  const move = useMove<Person>('person')
  const form = useForm<Values>({ name: '', phone: '', email: undefined, pan: undefined }, schema, { byCode: BY_CODE })
  const refused = move.state === 'refused' ? move.error : undefined
  const waiting = (
    <>
      {refused && <NothingRecorded />}
      <WhatHappens />
      <p>The person is known from then on, and can apply for a loan. No message goes out, and no login is made.</p>
    </>
  )
  return (
    <MovePage
      title="New person"
      crumbs={[{ word: 'People', to: '/people' }]}
      back="/people"
      button={form.values.name ? `Add ${form.values.name}` : 'Add'}
      state={move.state}
      onSend={() => form.ready() && move.submit('/api/v1/people', form.values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<Fields form={form} refused={refused} />}
      consequence={move.state === 'done' && move.answer ? <Known person={move.answer} /> : waiting}
    />
  )
}
