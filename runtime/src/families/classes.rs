//! Classes of members: those for which every condition over the member alone has one answer.

/// The members of each class, ascending.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Classes {
    members: Vec<Vec<u32>>,
    /// By member: its class.
    of: Vec<u32>,
    /// By member: its place in its class, from 0.
    places: Vec<u32>,
}

impl Classes {
    /// Members by class; `of` says the class of each member.
    pub fn new(of: Vec<u32>) -> Self {
        let classes = of.iter().map(|class| *class as usize + 1).max().unwrap_or(0);
        let mut members = vec![Vec::new(); classes];
        let mut places = vec![0; of.len()];
        for ((member, class), place) in (0..).zip(&of).zip(&mut places) {
            if let Some(members) = members.get_mut(*class as usize) {
                *place = u32::try_from(members.len()).unwrap_or(u32::MAX);
                members.push(member);
            }
        }
        Self { members, of, places }
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

    /// The place of a member in its class, from 0.
    pub fn place(&self, member: u32) -> Option<u32> {
        self.places.get(member as usize).copied()
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
        assert_eq!([classes.place(2), classes.place(1), classes.place(4)], [Some(1), Some(0), None]);
        assert!(classes.members(3).is_empty());
        assert!(Classes::new(Vec::new()).is_empty());
    }
}
