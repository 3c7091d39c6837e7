import { z } from 'zod'

/** What can follow an outcome: 돌봄SOS센터, another service, the next visit, emergency relief (긴급복지), something else. */
export const FOLLOW_UPS = ['care-sos', 'service', 'visit', 'relief', 'other'] as const
export const FollowUpKind = z.enum(FOLLOW_UPS)
export type FollowUpKind = z.infer<typeof FollowUpKind>

/** How far it is. */
export const FollowUpState = z.enum(['open', 'under-way', 'done', 'dropped'])
export type FollowUpState = z.infer<typeof FollowUpState>
