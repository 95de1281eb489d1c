export { demoLogins, demoPassword } from './people.ts'
export { fullStory, storyBegins, tellDemo, type Stage, type Told } from './tell.ts'
export type { Story } from './plan.ts'
