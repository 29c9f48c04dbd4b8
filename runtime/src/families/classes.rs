//! Classes of members: those for which every condition over the member alone has one answer.

/// The members of each class, ascending.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Classes {
    members: Vec<Vec<u32>>,
    of: Vec<u32>,
}

impl Classes {
    /// Members by class; `of` says the class of each member.
    pub fn new(of: Vec<u32>) -> Self {
        let classes = of.iter().map(|class| *class as usize + 1).max().unwrap_or(0);
        let mut members = vec![Vec::new(); classes];
        for (member, class) in (0..).zip(&of) {
            if let Some(members) = members.get_mut(*class as usize) {
                members.push(member);
            }
        }
        Self { members, of }
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none, because there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members of a class, ascending.
    pub fn members(&self, class: u32) -> &[u32] {
        self.members.get(class as usize).map_or(&[], |members| members)
    }

    /// The class of a member.
    pub fn of(&self, member: u32) -> Option<u32> {
        self.of.get(member as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_in_its_class() {
        let classes = Classes::new(vec![1, 0, 1, 2]);
        assert_eq!(classes.len(), 3);
        assert_eq!([classes.members(0), classes.members(1), classes.members(2)], [&[1][..], &[0, 2], &[3]]);
        assert_eq!([classes.of(2), classes.of(4)], [Some(1), None]);
        assert!(classes.members(3).is_empty());
        assert!(Classes::new(Vec::new()).is_empty());
    }
}
