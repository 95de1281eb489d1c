import { demoSuffix } from '#kernel/identity'
import type { Chance } from './chance.ts'

/** Somebody who borrows in the demo: invented, like their numbers. */
export interface Borrower {
  readonly number: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly pan: string
  /** They do their own business on the web; everybody else comes to the desk. */
  readonly login: string | undefined
}

const first = (
  'Aarav Aditi Ajay Amina Ananya Anjali Arjun Bhavna Chetan Deepa Devika Dinesh Esha Farhan Gauri Gurpreet Harish Imran Ishita Jaya ' +
  'Jyoti Kavita Kiran Lakshmi Latha Manoj Maya Mohan Nadia Naveen Neha Nikhil Pallavi Pooja Prakash Priya Rahul Rajesh Ramya Rekha ' +
  'Rohan Sana Sandeep Sarita Shalini Sunil Suresh Swati Tanvi Uday Uma Varun Vidya Vikram Yash Zoya'
).split(' ')
const last = (
  'Agarwal Bhat Chandran Chauhan Das Dsouza Gill Gokhale Hegde Jadhav Joshi Kadam Kaur Khan Krishnan Kumar Lobo Mathew Mehta Mishra ' +
  'Naidu Pandey Patel Patil Pillai Rao Reddy Saxena Sharma Shetty Singh Subramanian Tiwari Varma Yadav'
).split(' ')
const letters = 'ABCDEFGHJKLMNPRSTVWXYZ'
// Coprime to the number of first names, so that the first 56 borrowers have 56 of them.
const STRIDE = 23
const NATURAL_FROM = 1000
const NATURAL_TO = 9999

/** The borrower with the login that everybody is told, and an active loan. */
export const meera = { name: 'Meera Iyer', login: `meera${demoSuffix}` } as const

/**
 * The borrower of a number, from 0. The numbers are +91 90000 and five digits more; a PAN has the right form (its fourth letter P for
 * a person, its fifth the surname's), and `digits` for the sandbox bureau where the story needs a certain answer.
 */
export function borrowerOf(
  number: number,
  {
    chance,
    digits,
    star,
    online,
  }: { readonly chance: Chance; readonly digits: string | undefined; readonly star: boolean; readonly online: boolean },
): Borrower {
  const label = `borrower ${number}`
  const name = star ? meera.name : `${first[(number * STRIDE) % first.length]} ${chance.one(`${label} surname`, last)}`
  const surname = name.split(' ').at(-1) ?? 'X'
  const letter = (place: number): string => letters[chance.whole(`${label} letter ${place}`, 0, letters.length - 1)] ?? 'A'
  const four = digits ?? String(chance.whole(`${label} digits`, NATURAL_FROM, NATURAL_TO))
  const handle = name.toLowerCase().replace(' ', '.')
  return {
    number,
    name,
    phone: `+9190000${String(10_000 + number * 137)}`,
    email: `${handle}.${number + 1}@example.in`,
    pan: `${letter(0)}${letter(1)}${letter(2)}P${surname[0]?.toUpperCase()}${four}${letter(3)}`,
    login: star ? meera.login : online ? `${handle}${demoSuffix}` : undefined,
  }
}
