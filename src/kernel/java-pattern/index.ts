export { javaPattern, type Finder, type JavaPattern } from './java-pattern.ts'
export { PatternError } from './pattern-error.ts'
